/** Imports the facade and does nothing with it. */
import { openLibrary } from 'modelkeep';

if (typeof openLibrary !== 'function') throw new Error('the facade is not there');
// As long as the bare one.
setTimeout(() => {}, 100);
