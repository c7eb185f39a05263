/** What training would make of a pet, as its client sees it. Pure. */
import type { Growth } from '../../data/pets';
import { type Reply, success } from '../../share/reply';

export function trainedReply(petid: number, now: Growth, trained: Growth): Reply {
  return success({ petid, now: growthEntry(now), trained: growthEntry(trained) });
}

function growthEntry({ str, vit, dex, wis }: Growth) {
  return { str, vit, dex, wis };
}
