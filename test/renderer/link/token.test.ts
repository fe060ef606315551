import { describe, expect, it } from 'vitest';
import { takeToken } from '../../../src/renderer/link/token.ts';

function placeAt(hash: string, stored: Record<string, string> = {}) {
  const kept = new Map(Object.entries(stored));
  const shown: string[] = [];
  return {
    kept,
    shown,
    location: { hash, pathname: '/', search: '' },
    history: {
      replaceState: (_state: unknown, _title: string, url?: string | URL | null) =>
        void shown.push(String(url)),
    },
    sessionStorage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    },
  };
}

describe('the launch token', () => {
  it('leaves the address for the session storage of the tab', () => {
    const place = placeAt('#token=abc-123');
    expect(takeToken(place)).toBe('abc-123');
    expect(place.shown).toEqual(['/#/']);
    expect([...place.kept.values()]).toEqual(['abc-123']);
  });

  it('keeps a deep link that came with it, and no address of another place', () => {
    const place = placeAt('#token=abc&to=/runs/run_1');
    takeToken(place);
    expect(place.shown).toEqual(['/#/runs/run_1']);
    const outside = placeAt('#token=abc&to=https://elsewhere.example');
    takeToken(outside);
    expect(outside.shown).toEqual(['/#/']);
  });

  it('is remembered by a reloaded tab, and replaced by a newer one', () => {
    expect(takeToken(placeAt('#/runs', { 'hookyard.token': 'old' }))).toBe('old');
    expect(takeToken(placeAt('#token=new', { 'hookyard.token': 'old' }))).toBe('new');
    expect(takeToken(placeAt('#/runs'))).toBeNull();
  });
});
