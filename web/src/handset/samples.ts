// The same start in eight languages, with the client libraries' own names for each parameter.
import type { Tab } from '../lib/ui';

export const languages: Tab[] = [
    { id: 'curl', name: 'curl' },
    { id: 'node', name: 'Node' },
    { id: 'python', name: 'Python' },
    { id: 'java', name: 'Java' },
    { id: 'php', name: 'PHP' },
    { id: 'ruby', name: 'Ruby' },
    { id: 'csharp', name: 'C#' },
    { id: 'go', name: 'Go' },
];

export interface Where {
    origin: string; // https://roger.example:8443
    key: string;
    secret: string; // a placeholder: secrets stay out of what is shown
}

type Params = Record<string, string>;

const numeric = new Set(['code_length', 'pin_expiry', 'next_event_wait', 'workflow_id']);
const javaWorkflows = ['', 'SMS_TTS_TTS', 'SMS_SMS_TTS', 'TTS_TTS', 'SMS_SMS', 'SMS_TTS', 'SMS', 'TTS'];

const single = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
const double = (text: string) => JSON.stringify(text);
const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const pascal = (name: string) => camel(name).replace(/^./, (letter) => letter.toUpperCase());
const shell = (text: string) => (/^[\w.,:@%+-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`);
const host = (origin: string) => origin.replace(/^https?:\/\//, '');

/** What a library has no name for is said, and not left out in silence. */
function unnamed(rest: Params, known: string[], mark: string): string {
    const left = Object.keys(rest).filter((name) => !known.includes(name));
    return left.length > 0 ? `${mark} not in this library: ${left.join(', ')}\n` : '';
}

function curl(params: Params, { origin, key, secret }: Where): string {
    const pairs = Object.entries(params).map(([name, value]) => ` \\\n    --data-urlencode ${shell(`${name}=${value}`)}`);
    return `curl -u ${shell(`${key}:${secret}`)} ${origin}/verify/json${pairs.join('')}`;
}

function node(params: Params, { origin, key, secret }: Where): string {
    const lines = Object.entries(params).map(([name, value]) => `    ${camel(name)}: ${numeric.has(name) ? value : single(value)},`);
    return `// npm install @vonage/server-sdk
import { Vonage } from '@vonage/server-sdk';

const vonage = new Vonage(
    { apiKey: ${single(key)}, apiSecret: ${single(secret)} },
    { apiHost: ${single(origin)} },
);
const { requestId, status, errorText } = await vonage.verify.start({
${lines.join('\n')}
});`;
}

function python(params: Params, { origin, key, secret }: Where): string {
    const lines = Object.entries(params).map(([name, value]) => `    ${name}=${numeric.has(name) ? value : single(value)},`);
    const tls = origin.startsWith('https') ? '' : '# This library speaks HTTPS only: start the server with a certificate.\n';
    return `# pip install vonage
from vonage import Auth, HttpClientOptions, Vonage
from vonage_verify_legacy import VerifyRequest

${tls}client = Vonage(
    Auth(api_key=${single(key)}, api_secret=${single(secret)}),
    HttpClientOptions(api_host=${single(host(origin))}),
)
response = client.verify_legacy.start_verification(VerifyRequest(
${lines.join('\n')}
))
print(response.request_id)`;
}

function java(params: Params, { origin, key, secret }: Where): string {
    const { number = '', brand = '', ...rest } = params;
    const setters: Record<string, (value: string) => string> = {
        country: (value) => `.country(${double(value)})`,
        sender_id: (value) => `.senderId(${double(value)})`,
        code_length: (value) => `.length(${value})`,
        lg: (value) => `.locale(Locale.forLanguageTag(${double(value)}))`,
        pin_expiry: (value) => `.pinExpiry(${value})`,
        next_event_wait: (value) => `.nextEventWait(${value})`,
        workflow_id: (value) => `.workflow(VerifyRequest.Workflow.${javaWorkflows[Number(value)]})`,
    };
    const lines = Object.entries(rest).flatMap(([name, value]) => (setters[name] ? [`\n        ${setters[name](value)}`] : []));
    return `// com.vonage:server-sdk
VonageClient client = VonageClient.builder()
        .apiKey(${double(key)})
        .apiSecret(${double(secret)})
        .httpConfig(HttpConfig.builder().apiBaseUri(${double(origin)}).build())
        .build();
${unnamed(rest, Object.keys(setters), '//')}VerifyRequest request = VerifyRequest.builder(${double(number)}, ${double(brand)})${lines.join('')}
        .build();
VerifyResponse response = client.getVerifyClient().verify(request);
System.out.println(response.getRequestId());`;
}

function php(params: Params, { origin, key, secret }: Where): string {
    const { number = '', brand = '', workflow_id: workflow = '1', ...rest } = params;
    const setters: Record<string, (value: string) => string> = {
        country: (value) => `setCountry(${single(value)})`,
        sender_id: (value) => `setSenderId(${single(value)})`,
        code_length: (value) => `setCodeLength(${value})`,
        lg: (value) => `setLocale(${single(value)})`,
        pin_expiry: (value) => `setPinExpiry(${value})`,
        next_event_wait: (value) => `setNextEventWait(${value})`,
    };
    const lines = Object.entries(rest).flatMap(([name, value]) => (setters[name] ? [`$request->${setters[name](value)};\n`] : []));
    return `// composer require vonage/client
$client = new Vonage\\Client(
    new Vonage\\Client\\Credentials\\Basic(${single(key)}, ${single(secret)}),
    ['base_api_url' => ${single(origin)}],
);
$request = new Vonage\\Verify\\Request(${single(number)}, ${single(brand)}, ${workflow});
${lines.join('')}${unnamed(rest, Object.keys(setters), '//')}$response = $client->verify()->start($request);
echo $response->getRequestId();`;
}

function ruby(params: Params, { origin, key, secret }: Where): string {
    const lines = Object.entries(params).map(([name, value]) => `  ${name}: ${numeric.has(name) ? value : single(value)}`);
    const tls = origin.startsWith('https') ? '' : '# This library speaks HTTPS only: start the server with a certificate.\n';
    return `# gem install vonage
require 'vonage'

${tls}client = Vonage::Client.new(
  api_key: ${single(key)},
  api_secret: ${single(secret)},
  api_host: ${single(host(origin))}
)
response = client.verify.request(
${lines.join(',\n')}
)
puts response.request_id`;
}

function csharp(params: Params, { origin, key, secret }: Where): string {
    const names = ['number', 'brand', 'country', 'sender_id', 'code_length', 'lg', 'pin_expiry', 'next_event_wait', 'workflow_id', 'pin_code'];
    const workflow = (value: string) => `(VerifyRequest.Workflow)${value}`;
    const lines = Object.entries(params)
        .filter(([name]) => names.includes(name))
        .map(([name, value]) => {
            const written = name === 'workflow_id' ? workflow(value) : numeric.has(name) ? value : double(value);
            return `    ${pascal(name)} = ${written},`;
        });
    return `// dotnet add package Vonage
Configuration.Instance.Settings["vonage:Url.Api"] = ${double(origin)};
var client = new VonageClient(Credentials.FromApiKeyAndSecret(${double(key)}, ${double(secret)}));
${unnamed(params, names, '//')}var response = await client.VerifyClient.VerifyRequestAsync(new VerifyRequest
{
${lines.join('\n')}
});
Console.WriteLine(response.RequestId);`;
}

function go(params: Params, { origin, key, secret }: Where): string {
    const { number = '', brand = '', ...rest } = params;
    const names: Record<string, string> = { code_length: 'CodeLength', lg: 'Lg', workflow_id: 'WorkflowId' };
    const lines = Object.entries(rest).flatMap(([name, value]) =>
        names[name] ? [`\n\t${names[name]}: ${numeric.has(name) ? value : double(value)},`] : [],
    );
    return `// go get github.com/vonage/vonage-go-sdk
auth := vonage.CreateAuthFromKeySecret(${double(key)}, ${double(secret)})
client := vonage.NewVerifyClient(auth)
client.Config.BasePath = ${double(`${origin}/verify`)}
${unnamed(rest, Object.keys(names), '//')}response, refusal, err := client.Request(${double(number)}, ${double(brand)}, vonage.VerifyOpts{${lines.join('')}${lines.length ? '\n' : ''}})`;
}

const writers: Record<string, (params: Params, where: Where) => string> = { curl, node, python, java, php, ruby, csharp, go };

export function sample(language: string, params: Params, where: Where): string {
    return (writers[language] ?? curl)(params, where);
}
