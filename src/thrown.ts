/** What anybody may throw, as text for a person: an error's message, else the value itself. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
