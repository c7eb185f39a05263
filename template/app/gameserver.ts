/** A game node: what players can do. Each file of app/game/ that registers commands is loaded here. */
import './game/greet';
import { onStart } from 'firefly-ts';
import { visitors } from './share/tables';

onStart(() => visitors.insert());
