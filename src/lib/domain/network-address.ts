/** Where an IP address lies, as far as it matters to who may ask what stands there. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'never';

/**
 * `never`: link-local (where clouds keep their credentials), multicast, unspecified and reserved addresses, at which no
 * model lives. IPv6 addresses that hold an IPv4 one are read as that one.
 *
 * @param address as a resolver gives it: dotted IPv4, or IPv6.
 */
export function addressKind(address: string): AddressKind {
  const v4 = asIPv4(address);
  if (v4 !== null) return kindOfIPv4(v4);
  const text = address.toLowerCase().split('%')[0] as string;
  if (text === '::1') return 'loopback';
  const first = Number.parseInt(text.split(':')[0] || '0', 16);
  if (text === '::' || (first & 0xffc0) === 0xfe80 || (first & 0xff00) === 0xff00) return 'never';
  if ((first & 0xfe00) === 0xfc00) return 'private';
  return 'public';
}

function asIPv4(address: string): number[] | null {
  const dotted = /^(?:::ffff:|64:ff9b::)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/i.exec(address);
  if (dotted) return dotted.slice(1).map(Number);
  const packed = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (!packed) return null;
  const [high, low] = packed.slice(1).map((part) => Number.parseInt(part, 16)) as [number, number];
  return [high >> 8, high & 255, low >> 8, low & 255];
}

function kindOfIPv4([a = 0, b = 0]: readonly number[]): AddressKind {
  if (a === 127) return 'loopback';
  if (a === 0 || a >= 224 || (a === 169 && b === 254)) return 'never';
  const carrier = a === 100 && b >= 64 && b < 128;
  if (a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || carrier) return 'private';
  return 'public';
}
