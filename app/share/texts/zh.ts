/** What the game says to players, in Chinese. */
import { en } from './en';

export const zh: typeof en = {
  ...en,
  badJson: '请求不是 JSON 对象。',
  badField: '请求缺少字段或字段有误',
  unknownCommand: '服务器没有这个命令。',
  notEntered: '请先登录并进入游戏。',
  noGameNode: '暂时没有可用的游戏服务器，请稍后再试。',
  unavailable: '暂时无法连接服务器，请稍后再试。',
  busy: '服务器繁忙，请稍后再试。',
  failed: '服务器出错了，请重试。',
  roleCreated: '角色创建成功。',
  roleNotCreated: '角色创建失败。',
  tooManyRegistrations: '注册过于频繁，请一分钟后再试。',
  loggedInElsewhere: '您的账号已在别处登录。',
  serverLeaves: '服务器正在重启，请稍后重新连接。',
  sessionLost: '您的会话已结束，请重新登录。',
};
