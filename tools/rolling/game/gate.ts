/** The sample's gate, which lets the run's commands through. */
import '../../../app/gateserver';
import { FORWARDED } from '../../../app/share/commands';
import { COMMANDS } from './commands';

for (const command of Object.values(COMMANDS)) (FORWARDED as Set<number>).add(command);
