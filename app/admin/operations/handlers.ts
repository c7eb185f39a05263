/**
 * `POST /opera`: an operator changes a character, `username=NAME&operation=addCoins&amount=100`; and `GET /operations`: what was changed.
 *
 * Who may ask is the framework's business: this machine, or whoever has the cluster's token.
 */
import { db, type WebRequest, webserviceHandle } from 'firefly-ts';
import { gameLog, text } from '../../share/game';
import { Refused } from '../../share/refused';
import { BadForm, Form, refusal } from '../form';
import { endSession } from '../gates';
import { readPage } from '../statistics/rules';
import { applyOperation, type Target } from './apply';
import { detailsOf, type Operation, readOperation } from './rules';

const A_PAGE = 20;
const MAX_NAME = 255;

webserviceHandle('/opera')(async (request: WebRequest) => {
  if (request.method !== 'POST') return refusal(405, 'POST what is to be done');
  let asked: Readonly<Record<string, string>> = { address: request.address };
  const told = (outcome: string) => gameLog()?.info({ ...asked, outcome }, 'an operator asked for a change');
  try {
    const form = await Form.of(request);
    const username = form.text('username', MAX_NAME);
    const operation = readOperation(form);
    asked = { ...asked, username, operation: operation.name, details: detailsOf(operation) };
    const nobody = await operate(username, operation, request.address);
    told(nobody ?? 'Success');
    return nobody === undefined ? 'Success' : { status: 404, body: nobody };
  } catch (error) {
    told(error instanceof Refused ? text(error.key, error.detail) : String(error));
    if (error instanceof BadForm) return refusal(400, error.message);
    if (error instanceof Refused) return refusal(409, text(error.key, error.detail));
    throw error;
  }
});

/** @returns why there is nobody whom it could be done to. @throws Refused when the game says no */
async function operate(username: string, operation: Operation, address: string): Promise<string | undefined> {
  const target = await find(username);
  if (!target) return 'Account does not exist!!!';
  const isOfAccount = operation.name === 'ban' || operation.name === 'unban';
  if (!isOfAccount && target.characterId === 0) return 'Role does not exist!!!';
  await applyOperation(target, operation, address);
  if (operation.name === 'ban') await endSession(target.userId);
  return undefined;
}

webserviceHandle('/operations')(async (request: WebRequest) => {
  const page = readPage(request.query.get('index'));
  if (page === undefined) return refusal(400, 'index: a page number from 1');
  const sql =
    'SELECT id, madeat, address, username, characterId, operation, details FROM tb_admin_record ORDER BY id DESC LIMIT ? OFFSET ?';
  return (await db.query(sql, [A_PAGE, (page - 1) * A_PAGE], { fresh: true })).rows;
});

async function find(username: string): Promise<Target | undefined> {
  const { rows } = await db.query('SELECT id, username, characterId FROM tb_register WHERE username = ?', [username], { fresh: true });
  const row = rows.find((candidate) => candidate.username === username);
  return row && { userId: Number(row.id), username, characterId: Number(row.characterId) };
}
