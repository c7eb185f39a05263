/**
 * The types of a table's rows, where a game declares them: `defineTable<Character>('tb_character', …)`.
 *
 * Types only. A table without them has `Row`, which takes any field; what is not there is then found out when it is used.
 */
import type { Row, SqlValue } from '../port';

/** What the fields of a declared row may be. */
export type RowType<R> = { readonly [F in keyof R]: SqlValue };

/** A field of the row, by name. */
export type Field<R> = keyof R & string;

/** The fields that hold a number. */
export type NumericField<R> = string extends keyof R
  ? string
  : { [F in Field<R>]-?: NonNullable<R[F]> extends number | bigint ? F : never }[Field<R>];

/** What `get('data')` gives: the whole row, unless the table has a column of that name. */
export type DataOf<R> = string extends keyof R ? Row : 'data' extends keyof R ? R['data'] : R;
