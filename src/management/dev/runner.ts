/** Runs startmaster for the development tool: the cluster ends, in order, when the tool is gone. `node runner.js STARTMASTER ARGUMENTS` */
const [, , script = '', ...rest] = process.argv;
process.argv = [process.execPath, script, ...rest];
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
require(script);

export {};
