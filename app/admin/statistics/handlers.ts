/** `/statistics` and `/dayrecored?index=N` (spelling as the admin page has it). */
import { type WebRequest, webserviceHandle } from 'firefly-ts';
import { dayRecords, totals } from './figures';
import { readPage } from './rules';

webserviceHandle('/statistics')(() => totals());

webserviceHandle('/dayrecored')((request: WebRequest) => {
  const page = readPage(request.query.get('index'));
  return page === undefined ? { status: 400, body: { error: 'index: a page number from 1' } } : dayRecords(page);
});
