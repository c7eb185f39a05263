/** The admins of a node by table: Firefly's `MAdminManager`, in its spelling. */
import { DuplicateTarget } from '../../errors';
import type { FlushReport } from '../port';
import type { MAdmin } from './madmin';
import type { RowType } from './typedrow';

export class MAdminManager {
  readonly #admins = new Map<string, MAdmin>();

  /** @returns the admin, so that a module can export what it registers @throws DuplicateTarget when another admin has the table */
  registe<R extends RowType<R>>(admin: MAdmin<R>): MAdmin<R> {
    const any = admin as unknown as MAdmin; // what its rows look like matters to nobody here
    const known = this.#admins.get(admin.name);
    if (known && known !== any) throw new DuplicateTarget('MAdminManager', admin.name, 'an earlier registe()', 'this one');
    this.#admins.set(admin.name, any);
    return admin;
  }

  dropAdmin(name: string): void {
    this.#admins.delete(name);
  }

  getAdmin(name: string): MAdmin | undefined {
    return this.#admins.get(name);
  }

  /**
   * Flushes the tables of all admins. One that fails does not keep the others from it.
   *
   * @throws AggregateError when any failed
   */
  async checkAdmins(): Promise<FlushReport[]> {
    const results = await Promise.allSettled([...this.#admins.values()].map((admin) => admin.checkAll()));
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of ${results.length} tables could not be flushed`);
    return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }
}
