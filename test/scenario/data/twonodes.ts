/** The config of the smallest cluster with rows: dbfront, and a net node whose commands use them. */
export const twoNodes = (sections: {
  readonly db: object;
  readonly memcached: object;
  readonly limits: object;
  readonly supervise?: object;
}) =>
  JSON.stringify({
    master: { rootport: 9999, webport: 9998 },
    servers: {
      dbfront: { db: true, mem: true, app: 'app.dbfront' },
      net: { netport: 10001, db: true, mem: true, app: 'app.net' },
    },
    ...sections,
  });
