import { studyAddressed } from '../services/find.ts';
import { app } from './app.ts';
import { orNotFound } from './errors.ts';

/** The study that a page's address names, or a 404 that says which name it was. */
export function studyAt(address: string): ReturnType<typeof studyAddressed> {
  return orNotFound(() => studyAddressed(app().db, address));
}
