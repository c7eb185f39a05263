/**
 * `POST /opera`: an operator changes a character, `username=NAME&operation=addCoins&amount=100`, once if it has an `id`; and `GET /operations`: what was changed.
 *
 * Who may ask is the framework's business: this machine, or whoever has the cluster's token.
 */
import { db, type WebRequest, webserviceHandle } from 'firefly-ts';
import { gameLog, text } from '../../share/game';
import { Refused } from '../../share/refused';
import { BadForm, Form, refusal } from '../form';
import { endSession } from '../gates';
import { readPage } from '../statistics/rules';
import type { Asked, Target } from './apply';
import { applyOnce } from './once';
import { detailsOf, type Operation, readOperation } from './rules';

const A_PAGE = 20;
const MAX_NAME = 255;
const MAX_OPERATION_ID = 64;

webserviceHandle('/opera')(async (request: WebRequest) => {
  if (request.method !== 'POST') return refusal(405, 'POST what is to be done');
  let asked: Readonly<Record<string, string>> = { address: request.address };
  const told = (outcome: string) => gameLog()?.info({ ...asked, outcome }, 'an operator asked for a change');
  try {
    const form = await Form.of(request);
    const username = form.text('username', MAX_NAME);
    const operation = readOperation(form);
    const id = form.has('id') ? form.text('id', MAX_OPERATION_ID) : undefined;
    asked = { ...asked, ...(id && { id }), username, operation: operation.name, details: detailsOf(operation) };
    const target = await find(username, operation);
    if (typeof target === 'string') {
      told(target);
      return { status: 404, body: target };
    }
    const outcome = await operate(target, operation, { address: request.address, id });
    told(outcome);
    if (outcome === 'other') return refusal(409, 'id: this operation was another one');
    return id === undefined ? 'Success' : { result: true, again: outcome === 'again' };
  } catch (error) {
    told(error instanceof Refused ? text(error.key, error.detail) : String(error));
    if (error instanceof BadForm) return refusal(400, error.message);
    if (error instanceof Refused) return refusal(409, text(error.key, error.detail));
    throw error;
  }
});

/** @throws Refused when the game says no */
async function operate(target: Target, operation: Operation, asked: Asked): Promise<'done' | 'again' | 'other'> {
  const outcome = await applyOnce(target, operation, asked);
  // Again too: whoever asks again does not know how far it came.
  if (operation.name === 'ban' && outcome !== 'other') await endSession(target.userId);
  return outcome;
}

webserviceHandle('/operations')(async (request: WebRequest) => {
  const page = readPage(request.query.get('index'));
  if (page === undefined) return refusal(400, 'index: a page number from 1');
  const sql =
    'SELECT id, madeat, address, username, characterId, operation, details FROM tb_admin_record ORDER BY id DESC LIMIT ? OFFSET ?';
  return (await db.query(sql, [A_PAGE, (page - 1) * A_PAGE], { fresh: true })).rows;
});

/** @returns whom it is done to, or why there is nobody */
async function find(username: string, { name }: Operation): Promise<Target | string> {
  const isOfAccount = name === 'ban' || name === 'unban';
  let nobody = 'Account does not exist!!!';
  // Neither an account nor its role is ever given up, so the database as it was a second ago will do, but for what was made since.
  for (const fresh of [false, true]) {
    const { rows } = await db.query('SELECT id, username, characterId FROM tb_register WHERE username = ?', [username], { fresh });
    const row = rows.find((candidate) => candidate.username === username);
    if (!row) continue;
    const target = { userId: Number(row.id), username, characterId: Number(row.characterId) };
    if (isOfAccount || target.characterId !== 0) return target;
    nobody = 'Role does not exist!!!';
  }
  return nobody;
}
