/** The HTTP step as data. Time-out and retry are policies every step has. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

export const httpDefinition: StepDefinition = {
  kind: 'http',
  title: 'HTTP request',
  group: 'Actions',
  icon: 'WorldUpload',
  description:
    'Calls a URL; its status, headers and body are the output. Every try sends the same Idempotency-Key.',
  fields: [
    {
      name: 'method',
      label: 'Method',
      kind: 'select',
      default: 'GET',
      options: methods.map((method) => ({ value: method, label: method })),
    },
    {
      name: 'url',
      label: 'URL',
      kind: 'template',
      required: true,
      placeholder: 'https://api.example.com/orders/{{trigger.data.id}}',
    },
    { name: 'headers', label: 'Headers', kind: 'map' },
    {
      name: 'query',
      label: 'Query',
      kind: 'map',
      help: 'Added to the URL; a list gives the name several times.',
    },
    {
      name: 'body',
      label: 'Body',
      kind: 'json',
      help: 'Objects and lists are sent as JSON, text as it is. {{trigger.payload}} forwards what arrived.',
    },
    {
      name: 'auth',
      label: 'Authentication',
      kind: 'group',
      fields: [
        {
          name: 'scheme',
          label: 'Scheme',
          kind: 'select',
          default: 'none',
          options: [
            { value: 'none', label: 'None' },
            { value: 'basic', label: 'Basic' },
            { value: 'bearer', label: 'Bearer token' },
            { value: 'header', label: 'Header' },
          ],
        },
        { name: 'username', label: 'User name', kind: 'template', when: { field: 'scheme', in: ['basic'] } },
        {
          name: 'password',
          label: 'Password',
          kind: 'template',
          placeholder: '{{secrets.API_PASSWORD}}',
          when: { field: 'scheme', in: ['basic'] },
        },
        {
          name: 'token',
          label: 'Token',
          kind: 'template',
          placeholder: '{{secrets.API_TOKEN}}',
          when: { field: 'scheme', in: ['bearer'] },
        },
        { name: 'name', label: 'Header name', kind: 'text', when: { field: 'scheme', in: ['header'] } },
        {
          name: 'value',
          label: 'Header value',
          kind: 'template',
          placeholder: '{{secrets.API_KEY}}',
          when: { field: 'scheme', in: ['header'] },
        },
      ],
    },
    {
      name: 'failOnStatus',
      label: 'Fail unless the answer is 2xx',
      kind: 'boolean',
      default: true,
      help: 'Off: any answer is a success, and a condition on its status can follow.',
    },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'outward',
  summary: '{method} {url}',
};
