/** What players own, row against row: everything that is named is there and its owner's, and nothing is more than it may be. Pure. */
import { GAME_DATA } from '../../app/data/gamedata';
import { LAST_SLOT } from '../../app/data/items';
import { MAX_COINS } from '../../app/game/character/coins';
import { EMPTY_SLOT } from '../../app/game/equipment/slots';
import { EMPTY_PLACE, HERO } from '../../app/game/formation/rules';
import { MAX_PETS } from '../../app/game/pets/pet';
import type { Equipment, Formation } from '../../app/share/tables';
import type { Check } from './check';
import type { Estate } from './estate';
import { groupBy } from './group';
import { entriesFor } from './ledgers';

const TEMPLATES = GAME_DATA.en;

export function checkBelongings(estate: Estate): Check[] {
  const { items, pets, friends, standings, characters, equipment, formations } = estate;
  return [
    { name: 'each role has one account', seen: `${characters.length} roles`, wrong: roles(estate) },
    {
      name: 'everything has an owner',
      seen: `${items.length} items, ${pets.length} pets, ${friends.length} friends`,
      wrong: orphans(estate),
    },
    { name: 'what is worn is there and its wearer’s', seen: `${equipment.length} characters`, wrong: worn(estate) },
    { name: 'who stands in a formation is there and its owner’s', seen: `${formations.length} formations`, wrong: placed(estate) },
    { name: 'each hire that was served is paid once', seen: `${estate.hireRecords.length} records`, wrong: pay(estate) },
    {
      name: 'nothing is below zero or above its limit',
      seen: `${characters.length} characters, ${items.length} stacks`,
      wrong: limits(estate),
    },
    { name: 'ranks are 1 to N, each once', seen: `${standings.length} ranks`, wrong: ranking(estate) },
    {
      name: 'nothing lies in the quarantine',
      seen: `${estate.quarantined} rows`,
      wrong: estate.quarantined === 0 ? [] : [`${estate.quarantined} rows`],
    },
  ];
}

function roles({ accounts, characters }: Estate): string[] {
  const owners = groupBy(accounts, ({ characterId }) => characterId);
  const ids = new Set(characters.map(({ id }) => id));
  return [
    ...characters.flatMap(({ id }) =>
      owners.get(id)?.length === 1 ? [] : [`character ${id} has ${owners.get(id)?.length ?? 0} accounts`],
    ),
    ...accounts.flatMap(({ id, characterId }) =>
      characterId > 0 && !ids.has(characterId) ? [`account ${id} names character ${characterId}`] : [],
    ),
  ];
}

function orphans({ characters, items, pets, friends }: Estate): string[] {
  const ids = new Set(characters.map(({ id }) => id));
  return [
    ...items.flatMap(({ id, characterId }) => (ids.has(characterId) ? [] : [`item ${id} is character ${characterId}'s`])),
    ...pets.flatMap(({ id, ownerID }) => (ids.has(ownerID) ? [] : [`pet ${id} is character ${ownerID}'s`])),
    ...friends.flatMap(({ friendId, characterId, playerId, guyong }) =>
      ids.has(characterId) && ids.has(playerId)
        ? []
        : [`${guyong === 1 ? 'hire' : 'friend'} ${friendId} is ${playerId} of character ${characterId}`],
    ),
  ];
}

function worn({ equipment, items }: Estate): string[] {
  const owners = new Map(items.map(({ id, characterId }) => [id, characterId]));
  return equipment.flatMap((row) =>
    slotsOf(row).flatMap(([slot, item]) => {
      if (item === EMPTY_SLOT || owners.get(item) === row.characterId) return [];
      return [
        `character ${row.characterId} wears item ${item} as ${slot}, which ${owners.has(item) ? `is character ${owners.get(item)}'s` : 'is not there'}`,
      ];
    }),
  );
}

function placed({ formations, pets, friends }: Estate): string[] {
  const owners = new Map(pets.map(({ id, ownerID }) => [id, ownerID]));
  const hired = new Set(friends.filter(({ guyong }) => guyong === 1).map(({ characterId, playerId }) => `${characterId} ${playerId}`));
  return formations.flatMap((row) => {
    const units = placesOf(row).filter((id) => id !== EMPTY_PLACE);
    const own = (id: number) => id === HERO || owners.get(id) === row.characterId || hired.has(`${row.characterId} ${id}`);
    return [
      ...units
        .filter((id) => !own(id))
        .map((id) => `in the formation of character ${row.characterId} stands ${id}, neither its pet nor hired by it`),
      ...(new Set(units).size === units.length ? [] : [`somebody stands twice in the formation of character ${row.characterId}`]),
      ...(units.includes(HERO) ? [] : [`character ${row.characterId} is not in its own formation`]),
    ];
  });
}

/** Only where the ledger is whole: what served before it has no line. */
function pay({ characters, ledger, hireRecords }: Estate): string[] {
  const paid = entriesFor(ledger, 'hired');
  const firsts = groupBy(ledger, ({ characterId }) => characterId);
  const records = groupBy(hireRecords, ({ characterId }) => characterId);
  return characters.flatMap(({ id, entries }) => {
    const isWhole = entries === 0 || (firsts.get(id)?.some(({ entry }) => entry === 1) ?? false);
    const [was, served] = [paid.get(id) ?? 0, records.get(id)?.length ?? 0];
    return !isWhole || was === served ? [] : [`character ${id} has served ${served} times and was paid ${was} times`];
  });
}

function limits({ characters, items, pets }: Estate): string[] {
  const stacks = groupBy(items, ({ characterId }) => characterId);
  const owned = groupBy(pets, ({ ownerID }) => ownerID);
  return [
    ...characters.flatMap(({ id, coin, gold, exp, energy, packageSize }) => {
      // Taking something off needs no place, so what can be worn may lie there beside a full package.
      const places = packageSize + LAST_SLOT;
      const [held, kept] = [stacks.get(id)?.length ?? 0, owned.get(id)?.length ?? 0];
      return [
        ...Object.entries({ coin, gold, exp, energy }).flatMap(([name, value]) =>
          value >= 0 ? [] : [`character ${id} has ${value} ${name}`],
        ),
        ...Object.entries({ coin, gold }).flatMap(([name, value]) => (value <= MAX_COINS ? [] : [`character ${id} has ${value} ${name}`])),
        ...(held <= places ? [] : [`character ${id} has ${held} stacks in ${places} places`]),
        ...(kept <= MAX_PETS ? [] : [`character ${id} has ${kept} pets`]),
      ];
    }),
    ...items.flatMap(({ id, itemTemplateId, stack }) => {
      const most = TEMPLATES.items.get(itemTemplateId)?.maxStack;
      if (most === undefined) return [`item ${id} is of template ${itemTemplateId}, which is not in the data`];
      return stack >= 1 && stack <= most ? [] : [`item ${id} is a stack of ${stack}, 1 to ${most} are possible`];
    }),
    ...pets.flatMap(({ id, templateID }) =>
      TEMPLATES.pets.has(templateID) ? [] : [`pet ${id} is of template ${templateID}, which is not in the data`],
    ),
  ];
}

/** A rank is written twice, in its owner's standing and as a row of its own. */
function ranking({ standings, ranks, characters }: Estate): string[] {
  const owners = new Map(ranks.map(({ ranking, characterId }) => [ranking, characterId]));
  const ids = new Set(characters.map(({ id }) => id));
  const standing = groupBy(standings, (row) => row.ranking);
  return [
    ...Array.from({ length: Math.max(standings.length, ranks.length) }, (_, at) => at + 1).flatMap((rank) => {
      const own = standing.get(rank) ?? [];
      if (own.length !== 1) return [`rank ${rank} has ${own.length} standings`];
      return owners.get(rank) === own[0]?.characterId
        ? []
        : [`rank ${rank} is character ${own[0]?.characterId}'s standing, and ${owners.get(rank)} has its row`];
    }),
    ...standings.flatMap(({ id, characterId }) =>
      ids.has(id) && id === characterId ? [] : [`the standing ${id} is character ${characterId}'s`],
    ),
  ];
}

function slotsOf({ characterId: _owner, ...slots }: Equipment): [slot: string, item: number][] {
  return Object.entries(slots);
}

function placesOf({ characterId: _owner, matrixId: _kind, ...places }: Formation): number[] {
  return Object.values(places);
}
