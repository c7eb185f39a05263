/** The tables whose rows the game reads and changes, from any node. */
import { defineTable } from 'firefly-ts';

export interface Visitor {
  name: string;
  visits: number;
}

export const visitors = defineTable<Visitor>('visitor', { pk: 'name' });
