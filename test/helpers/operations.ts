/** What an operator asks of a cluster that takes its time: begun, looked at, and waited for. */
import assert from 'node:assert/strict';
import type { Operation } from '../../src/master/operations/operations';
import type { Cluster } from './cluster';

const ENDED_MS = 120_000;

export const newest = async (cluster: Cluster) => (await cluster.get('/operation')).json() as Operation;

export async function begin(cluster: Cluster, path: string): Promise<Operation> {
  const answer = await cluster.post(path);
  assert.equal(answer.status, 202, answer.text);
  return (answer.json() as { operation: Operation }).operation;
}

export function ended(cluster: Cluster): Promise<Operation> {
  return cluster.waitFor(
    async () => {
      const operation = await newest(cluster);
      return operation.state === 'running' ? undefined : operation;
    },
    'end of the operation',
    ENDED_MS,
  );
}

/** @returns the operation as it ended */
export async function operate(cluster: Cluster, path: string): Promise<Operation> {
  await begin(cluster, path);
  return ended(cluster);
}

/** Waits until the operation is at a step. */
export async function whenAt(cluster: Cluster, step: RegExp): Promise<void> {
  await cluster.waitFor(async () => step.test((await newest(cluster)).step), `step ${step}`);
}
