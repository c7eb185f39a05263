/** What the nodes call on each other. Types only. */

/** What net asks of gate. */
export interface GateApi {
  /** A client's request; settles with the answer to send back. */
  forward(command: number, dynamicId: number, data: Buffer): Promise<unknown>;
}
