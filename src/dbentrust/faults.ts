/** Places where a test kills or freezes the process. */
export function faultPoint(_point: string): void {}
