/** Command 3505: a pet swallows another and grows into its next grade. Pure. */
import type { PetTemplate } from '../../data/pets';
import type { Table } from '../../data/read/table';
import { Refused } from '../../share/refused';
import type { Pet } from './pet';

/**
 * What the eater is afterwards; the other is gone then. It may pass several grades; with each it takes the growth of its new template.
 *
 * @throws Refused when a pet would swallow itself, or the eater has reached its last grade
 */
export function swallow(eater: Pet, eaten: Pet, templates: Table<PetTemplate>): Pet {
  if (eater.id === eaten.id) throw new Refused('petIsSame');
  let template = templates.get(eater.templateId);
  const food = templates.get(eaten.templateId);
  if (!template || !food) throw new Refused('petMissing');
  if (template.next === undefined) throw new Refused('fullyGrown');
  let energy = eater.energy + food.energy + eaten.energy;
  let growth = eater.growth;
  while (template.next !== undefined && energy >= template.maxEnergy) {
    const next = templates.get(template.next);
    if (!next) break;
    energy -= template.maxEnergy;
    template = next;
    growth = next.growth;
  }
  return { ...eater, templateId: template.id, energy, growth };
}
