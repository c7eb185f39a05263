/** Words that no name may contain, in lower case. */
export const FORBIDDEN_WORDS: readonly string[] = [
  'admin',
  'gamemaster',
  'moderator',
  'official',
  'system',
  '管理员',
  '客服',
  '官方',
  '系统',
];
