/** How gate reaches this node: commands by number, each client's one after the other. */
import { CommandService, remoteserviceHandle, roots } from 'firefly-ts';

const channel = new CommandService('game', { serial: true });
for (const gate of roots()) gate.addServiceChannel(channel);

/** Registers what a client's command does; the number is the end of the function's name. */
export const command = remoteserviceHandle('*');
