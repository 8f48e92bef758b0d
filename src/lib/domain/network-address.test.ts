import { describe, expect, it } from 'vitest';
import { addressKind } from './network-address.ts';

describe('addressKind', () => {
  it.each([
    ['8.8.8.8', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.8.9.1', 'loopback'],
    ['::1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['192.169.1.1', 'public'],
    ['100.64.0.1', 'private'],
    ['100.128.0.1', 'public'],
    ['fd12::1', 'private'],
    ['2606:4700::1111', 'public'],
    ['169.254.169.254', 'never'],
    ['fe80::1%eth0', 'never'],
    ['febf::1', 'never'],
    ['ff02::1', 'never'],
    ['0.0.0.0', 'never'],
    ['::', 'never'],
    ['224.0.0.1', 'never'],
    ['255.255.255.255', 'never'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:a9fe:a9fe', 'never'],
    ['::ffff:7f00:1', 'loopback'],
    ['64:ff9b::8.8.8.8', 'public']
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });
});
