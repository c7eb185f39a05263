/** A leaf as its root sees it. It lives as long as its link; when the leaf comes back it is a new child. */
import type { CallOptions, Link, LinkKey } from '../wire/link';
import type { Hello, Welcome } from './handshake';
import type { Hold } from './hold';
import { isReadyIn } from './readiness';

export interface Child {
  /** Of this link, unique in the root's process. */
  readonly id: number;
  readonly name: string;
  readonly epoch: number;
  /** What the leaf told about itself when it linked. */
  readonly info: Record<string, unknown>;
  /** Whether its start is over and its stop has not begun, as it says itself. One that is not can be called, but should be given nothing new. */
  readonly isReady: boolean;
  /** The host that its link comes from. */
  readonly address: string;
  getName(): string;
  call(target: LinkKey, args: readonly unknown[], options?: CallOptions): Promise<unknown>;
  /** @throws PeerDown, QueueFull, TooLarge: it was not sent */
  notify(target: LinkKey, args: readonly unknown[]): void;
  /** Firefly's word for `call`. */
  callbackChild(target: LinkKey, ...args: unknown[]): Promise<unknown>;
}

export class LinkedChild implements Child {
  readonly name: string;
  readonly epoch: number;
  readonly info: Record<string, unknown>;
  readonly link: Link;
  isReady: boolean;
  /** Takes what is sent while the leaf is about to be restarted. */
  hold: Hold | undefined = undefined;

  /** @param linkWith makes the link whose handlers know this child */
  constructor(
    readonly id: number,
    readonly address: string,
    hello: Hello,
    welcome: Welcome,
    linkWith: (child: LinkedChild) => Link,
  ) {
    this.name = hello.name;
    this.epoch = welcome.epoch;
    this.info = hello.info;
    this.isReady = isReadyIn(hello.info);
    this.link = linkWith(this);
  }

  getName(): string {
    return this.name;
  }

  call(target: LinkKey, args: readonly unknown[], options?: CallOptions): Promise<unknown> {
    return this.hold ? this.hold.call(target, args, options) : this.link.call(target, args, options);
  }

  notify(target: LinkKey, args: readonly unknown[]): void {
    if (this.hold) this.hold.notify(target, args);
    else this.link.notify(target, args);
  }

  callbackChild(target: LinkKey, ...args: unknown[]): Promise<unknown> {
    return this.call(target, args);
  }
}
