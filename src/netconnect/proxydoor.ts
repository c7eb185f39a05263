/** Reads the PROXY header that a proxy puts in front of each client's bytes, and so learns who the client is. */

import { plainAddress } from '../config/address';
import { messageOf } from '../thrown';
import type { Arrivals } from './arrivals';
import type { Door } from './door';
import { ProxyHeader } from './proxyheader';

export function proxyDoor(arrivals: Arrivals, next: Door): Door {
  return (socket, arrival) => {
    const header = new ProxyHeader();
    const onReadable = () => {
      try {
        while (!header.isComplete) {
          const chunk: Buffer | null = socket.read();
          if (chunk === null) return;
          const taken = header.take(chunk);
          if (taken < chunk.length) socket.unshift(chunk.subarray(taken));
        }
      } catch (error) {
        arrivals.refused(arrival, 'proxyHeader', messageOf(error));
        socket.destroy();
        return;
      }
      socket.removeListener('readable', onReadable);
      socket.removeListener('end', onEnd);
      if (!arrivals.name(arrival, plainAddress(header.source ?? arrival.address))) return;
      // The stream forgets its 'readable' listener in the next tick; until then it would resume what the next door pauses.
      process.nextTick(() => {
        if (!socket.destroyed) next(socket, arrival);
      });
    };
    const onEnd = () => socket.destroy();
    socket.on('readable', onReadable);
    socket.on('end', onEnd);
  };
}
