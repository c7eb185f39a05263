/** Who listens where, in words for a person. Pure. */
import type { ClusterConfig, NodeConfig } from './config';

export function describeMaster({ master }: ClusterConfig): string {
  return `nodes ${master.bind}:${master.rootPort}, web http://${master.bind}:${master.webPort}`;
}

export function describeNode(node: NodeConfig): string {
  const ports = [
    node.netPort === undefined ? [] : `clients ${node.bind}:${node.netPort}`,
    node.wsPort === undefined ? [] : `clients ${node.tls ? 'wss' : 'ws'}://${node.bind}:${node.wsPort}`,
    node.rootPort ? `nodes ${node.bind}:${node.rootPort}` : [],
    node.webPort === undefined ? [] : `web http://${node.bind}:${node.webPort}`,
  ].flat();
  return ports.join(', ') || 'listens on no fixed port';
}
