// What a reader chose stays on their machine. Storage may be full, forbidden or hold anything.

export function stored(key: string): string | null {
  try {
    return localStorage.getItem(`millwright.${key}`);
  } catch {
    return null;
  }
}

/** False when it could not be kept. */
export function store(key: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(`millwright.${key}`);
    else localStorage.setItem(`millwright.${key}`, value);
    return true;
  } catch {
    return false;
  }
}

export function stored_json(key: string): unknown {
  const text = stored(key);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
