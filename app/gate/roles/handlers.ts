/** Command 102: create a role. */
import { localserviceHandle } from 'firefly-ts';
import { answering } from '../../share/answering';
import { CREATE_ROLE } from '../../share/commands';
import { ClientRequest } from '../../share/request';
import { createRole } from './create';

localserviceHandle(function createRole_102(dynamicId: number, data: Buffer) {
  return answering(CREATE_ROLE, async () => createRole(dynamicId, new ClientRequest(data)));
});
