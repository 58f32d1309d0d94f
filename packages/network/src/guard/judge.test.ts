import { describe, expect, it } from 'vitest';
import { judgeAddress, type BlockReason } from './judge-address.ts';
import { judgeHost } from './judge-host.ts';

describe('judgeAddress', () => {
  it.each<[string, BlockReason]>([
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['fd00::1', 'private'],
    ['fec0::1', 'private'],
    ['169.254.169.254', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['100.64.0.1', 'carrier-grade-nat'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b:1::808:808', 'reserved'],
    ['2002:a00:1::', 'private'],
    ['2001::1', 'reserved'],
    ['::808:808', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['not an address', 'reserved'],
  ])('%s is %s', (address, reason) => {
    expect(judgeAddress(address)).toBe(reason);
  });

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '169.253.255.255',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001:82a::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::',
  ])('%s is public', (address) => {
    expect(judgeAddress(address)).toBeUndefined();
  });
});

describe('judgeHost', () => {
  it.each([
    'huggingface.co',
    'hub.example',
    'localhost.example',
    'mylocalhost.example',
    'internal.example',
    'a.b.',
    '8.8.8.8',
    '[2606:4700::1]',
  ])('lets %s pass', (host) => {
    expect(judgeHost(host)).toBeUndefined();
  });

  it('names the address or the name', () => {
    expect(judgeHost('[::1]')).toEqual({ address: '::1', reason: 'loopback' });
    expect(judgeHost('Hub.LocalHost.')).toEqual({ address: 'hub.localhost', reason: 'local-name' });
  });
});
