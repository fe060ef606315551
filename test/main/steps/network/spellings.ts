/** Ways of writing addresses no step may reach: generated from the numbers, and by hand from what was tried on others. */

const addresses = [
  '127.0.0.1',
  '127.8.9.10',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.5.4',
  '192.168.1.1',
  '169.254.7.7',
  '169.254.169.254',
  '169.254.170.2',
  '100.64.0.1',
  '100.100.100.200',
  '198.18.0.1',
  '192.0.0.192',
  '224.0.0.1',
  '255.255.255.255',
];

const hex = (value: number, width = 0): string => value.toString(16).padStart(width, '0');
const octal = (value: number): string => `0${value.toString(8)}`;

/** Digits of another alphabet that URLs read as ours. */
const shifted = (text: string, zero: number): string =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
const circled = (text: string): string =>
  text.replace(/\d/g, (digit) => (digit === '0' ? '⓪' : String.fromCodePoint(0x245f + Number(digit))));

/** Every host spelling of one IPv4 address. */
function spellingsOf(address: string): readonly string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const [high, low] = [a * 256 + b, c * 256 + d];
  const pair = `${hex(high)}:${hex(low)}`;
  return [
    address,
    String(whole),
    `0x${hex(whole)}`,
    `0X${hex(whole, 8).toUpperCase()}`,
    `0${whole.toString(8)}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${low}`,
    [a, b, c, d].map((part) => `0x${hex(part)}`).join('.'),
    [a, b, c, d].map(octal).join('.'),
    [a, b, c, d].map((part) => `0x0000${hex(part)}`).join('.'),
    `0x${hex(a)}.${b}.${octal(c)}.${d}`,
    `0x${hex(a)}.${(b * 256 + c) * 256 + d}`,
    `${address}.`,
    shifted(address, 0xff10),
    circled(address),
    address.replaceAll('.', '。'),
    address.replaceAll('.', '.'),
    address.replaceAll('.', '%2e'),
    address.replace(/\d/g, (digit) => `%3${digit}`),
    `[::ffff:${address}]`,
    `[::FFFF:${pair}]`,
    `[0:0:0:0:0:ffff:${pair}]`,
    `[::${address}]`,
    `[::ffff:0:${pair}]`,
    `[64:ff9b::${address}]`,
    `[64:ff9b::${pair}]`,
    `[64:ff9b:1::${pair}]`,
    `[2002:${pair}::1]`,
    `[2001:0:${pair}::1]`,
    `[2001:0:4136:e378:8000:63bf:${hex(high ^ 0xffff)}:${hex(low ^ 0xffff)}]`,
    `[2001:4860:4860:0:0:5efe:${pair}]`,
    `[2001:4860:4860:0:200:5efe:${pair}]`,
  ];
}

const hosts = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ｌｏｃａｌｈｏｓｔ',
  'local%68ost',
  'x.localhost',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000::0001]',
  '[fe80::1]',
  '[febf::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd12:3456::1]',
  '[fd00:ec2::254]',
  '[fd00:ec2::23]',
  '[fd20:ce::254]',
  '[ff02::1]',
  '[100::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[4000::1]',
  '[5f00::1]',
  '[::2]',
  '0',
  '0x0',
  '00',
  '127.1',
  '127.0.1',
  '0177.1',
  '0x7f.1',
  '127.0.0.1%00',
  '168.63.129.16',
  'metadata.google.internal',
  'METADATA.google.internal.',
  'metadata.goog',
  'metadata',
  'instance-data.ec2.internal',
  'metadata.tencentyun.com',
  '192.0.2.1',
  '198.51.100.7',
  '203.0.113.9',
  '240.0.0.1',
];

/** Whole URLs whose oddity is not in the host alone; `PORT` stands for the port listened on. */
const urls = [
  'http:127.0.0.1:PORT/',
  'http:/127.0.0.1:PORT/',
  'http:\\\\127.0.0.1:PORT/',
  'http:////127.0.0.1:PORT/',
  'http://127.0.0.1:PORT\\@example.com/',
  ' http://127.0.0.1:PORT/',
  'http://127.0.0.1\t:PORT/',
  'http://127.0.\n0.1:PORT/',
  'HTTP://127.0.0.1:PORT/',
  'http://example.com@127.0.0.1:PORT/',
  'http://127.0.0.1:0PORT/',
  'http://\u00ad127.0.0.1:PORT/',
  'http://127.0.0.1\u200b:PORT/',
  'http://[::1%25lo]:PORT/',
  'http://[::ffff:127.0.0.1%25eth0]:PORT/',
  'http://127.0.0.1:PORT#@example.com/',
  'http://127.0.0.1:PORT?@example.com/',
];

/** All of them as URLs for a port. */
export function forbiddenUrls(port: number): readonly string[] {
  const all = [...addresses.flatMap(spellingsOf), ...hosts].map((host) => `http://${host}:${port}/`);
  return [...new Set([...all, ...urls.map((url) => url.replaceAll('PORT', String(port)))])];
}
