/** What a client passes before its frames are read: takes a socket, and hands on the one to go on with. */
import type { Socket } from 'node:net';
import type { Arrival } from './arrivals';

export type Door = (socket: Socket, arrival: Arrival) => void;
