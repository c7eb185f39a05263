/** The node that owns the data: makes the tables, then writes what the other nodes change. */
import { migrate, onStart } from 'firefly-ts';
import * as visitors from './dbfront/0001_visitors';

onStart(() => migrate({ '0001_visitors': visitors }));
