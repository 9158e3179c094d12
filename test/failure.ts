// The error a promise fails with, for tests of what a user is told.
import { QmpshError } from '../src/qmp/errors.ts';

export async function failure(promise: Promise<unknown>): Promise<QmpshError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof QmpshError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
