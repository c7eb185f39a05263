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
import { readOperation } from './rules';

const A_PAGE = 20;
const MAX_NAME = 255;

webserviceHandle('/opera')(async (request: WebRequest) => {
  if (request.method !== 'POST') return refusal(405, 'POST what is to be done');
  try {
    const form = await Form.of(request);
    const username = form.text('username', MAX_NAME);
    const operation = readOperation(form);
    const target = await find(username);
    if (!target) return { status: 404, body: 'Account does not exist!!!' };
    const isOfAccount = operation.name === 'ban' || operation.name === 'unban';
    if (!isOfAccount && target.characterId === 0) return { status: 404, body: 'Role does not exist!!!' };
    await applyOperation(target, operation, request.address);
    gameLog()?.info(
      { operation: operation.name, username, characterId: target.characterId, address: request.address },
      'an operator changed a character',
    );
    if (operation.name === 'ban') await endSession(target.userId);
    return 'Success';
  } catch (error) {
    if (error instanceof BadForm) return refusal(400, error.message);
    if (error instanceof Refused) return refusal(409, text(error.key, error.detail));
    throw error;
  }
});

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
