/** Command 101: log in. */
import { localserviceHandle } from 'firefly-ts';
import { answering } from '../../share/answering';
import { LOGIN } from '../../share/commands';
import { ClientRequest } from '../../share/request';
import { login } from './login';
import { readCredentials } from './rules';

localserviceHandle(function login_101(dynamicId: number, data: Buffer) {
  return answering(LOGIN, async () => login(dynamicId, readCredentials(new ClientRequest(data))));
});
