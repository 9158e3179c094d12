// Text values as they must be typed: in quotes where they would not stand for themselves.
import type { Allowed } from '../schema/walk.ts';
import { isSafe } from '../text/safe.ts';
import { bareEnd } from './ends.ts';
import { guess } from './scalar.ts';
import type { Quote } from './spot.ts';

export function needsQuotes(value: string, type: Allowed): boolean {
  if (value === '' || /^["'{[]/.test(value)) return true;
  if (bareEnd(value, 0, true) !== value.length || !isSafe(value)) return true;
  const untyped = type === undefined || type === 'open';
  return untyped && typeof guess(value) !== 'string';
}

function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, i) => {
    return `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }).join('');
}

export function quoted(value: string, quote: Exclude<Quote, ''>): string {
  // What a terminal would not show, or obey: written as an escape.
  const json = JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
  return quote === '"' ? json : `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
