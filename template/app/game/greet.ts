/** Command 100: greets whoever says their name, and counts how often they came. */
import { transaction } from 'firefly-ts';
import { visitors } from '../share/tables';
import { command } from './channel';

const NAME_LENGTH = 20;

command(async function greet_100(_dynamicId: number, data: Buffer) {
  const name = data.toString().trim();
  if (name === '' || name.length > NAME_LENGTH) return { error: `say your name, ${NAME_LENGTH} characters at most` };
  const visits = await transaction(async (t) => {
    const visitor = await t.get(visitors, name);
    const visits = (visitor?.visits ?? 0) + 1;
    if (visitor) await t.update(visitors, name, { visits });
    else await t.insert(visitors, { name, visits });
    return visits;
  });
  return { greeting: `Hello, ${name}!`, visits };
});
