// What the reference reads of an OpenAPI 3.1 document.
export interface Schema {
    $ref?: string;
    type?: string | string[];
    description?: string;
    enum?: unknown[];
    items?: Schema;
    properties?: Record<string, Schema>;
    required?: string[];
    default?: unknown;
    example?: unknown;
    examples?: unknown[];
    minimum?: number;
    maximum?: number;
    maxLength?: number;
    oneOf?: Schema[];
    anyOf?: Schema[];
}

interface Media {
    schema?: Schema;
    example?: unknown;
    examples?: Record<string, { value?: unknown }>;
}

interface RawParameter {
    $ref?: string;
    name: string;
    in: string;
    required?: boolean;
    description?: string;
    schema: Schema;
}

interface RawResponse {
    $ref?: string;
    description: string;
    content?: Record<string, Media>;
}

interface RawOperation {
    operationId: string;
    tags?: string[];
    summary?: string;
    description?: string;
    'x-scope'?: string;
    parameters?: RawParameter[];
    requestBody?: { content: Record<string, Media> };
    responses: Record<string, RawResponse>;
}

export interface Document {
    info: { title: string; description?: string };
    servers: { url: string }[];
    tags: { name: string; description?: string }[];
    paths: Record<string, Record<string, RawOperation>>;
    components: Record<string, Record<string, unknown>>;
    'x-statuses'?: Record<string, string>;
}

export interface Operation {
    id: string;
    method: string;
    path: string;
    summary: string;
    description?: string;
    scope?: string;
    parameters: RawParameter[];
    body?: Media;
    example?: unknown;
    responses: { code: string; description: string; schema?: Schema; example?: unknown }[];
}

/** Follows a reference within the document. */
export function resolve<T extends { $ref?: string }>(document: Document, value: T | undefined): T {
    const [, , room, name] = value?.$ref?.split('/') ?? [];
    if (!room || !name) return value ?? ({} as T);
    return (document.components[room]?.[name] ?? {}) as T;
}

const mediaOf = (content?: Record<string, Media>) => content?.['application/json'] ?? Object.values(content ?? {})[0];
const exampleOfMedia = (media?: Media) => media?.example ?? Object.values(media?.examples ?? {})[0]?.value;

/** Calls by their tag; one that is there by GET and POST alike is told once. */
export function operationsOf(document: Document): { name: string; description?: string; operations: Operation[] }[] {
    const all = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods)
            .filter(([method]) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
            .map(([method, raw]): Operation & { tag: string } => {
                const media = mediaOf(raw.requestBody?.content);
                return {
                    id: raw.operationId,
                    tag: raw.tags?.[0] ?? '',
                    method,
                    path,
                    summary: raw.summary ?? raw.operationId,
                    description: raw.description,
                    scope: raw['x-scope'],
                    parameters: (raw.parameters ?? []).map((each) => resolve(document, each)).map((each) => ({ ...each, schema: resolve(document, each.schema) })),
                    body: media,
                    example: exampleOfMedia(media),
                    responses: Object.entries(raw.responses).map(([code, response]) => {
                        const whole = resolve(document, response);
                        const content = mediaOf(whole.content);
                        return { code, description: whole.description, schema: content?.schema, example: exampleOfMedia(content) };
                    }),
                };
            }),
    );
    return document.tags
        .map((tag) => ({ ...tag, operations: all.filter((each) => each.tag === tag.name) }))
        .filter((group) => group.operations.length > 0);
}

export function bodySchemaOf(document: Document, operation: Operation): Schema {
    return resolve(document, operation.body?.schema);
}

export function propertiesOf(document: Document, schema?: Schema): { name: string; schema: Schema; required: boolean }[] {
    const whole = resolve(document, schema);
    return Object.entries(whole.properties ?? {}).map(([name, own]) => ({
        name,
        schema: { ...resolve(document, own), ...(own.description ? { description: own.description } : {}) },
        required: whole.required?.includes(name) ?? false,
    }));
}

/** "integer, 60 to 3600, default 300", "one of sms, tts", "list of string". */
export function typeOf(document: Document, schema: Schema): string {
    const whole = resolve(document, schema);
    if (whole.enum) return `one of ${whole.enum.map(String).join(', ')}${whole.default !== undefined ? `, default ${String(whole.default)}` : ''}`;
    const choices = whole.oneOf ?? whole.anyOf;
    if (choices) return choices.map((each) => typeOf(document, each)).join(' or ');
    if (whole.type === 'array') return `list of ${typeOf(document, whole.items ?? {})}`;
    const words = [Array.isArray(whole.type) ? whole.type.join(' or ') : (whole.type ?? 'any')];
    if (whole.minimum !== undefined && whole.maximum !== undefined) words.push(`${whole.minimum} to ${whole.maximum}`);
    else if (whole.minimum !== undefined) words.push(`from ${whole.minimum}`);
    if (whole.maxLength !== undefined) words.push(`at most ${whole.maxLength} characters`);
    if (whole.default !== undefined) words.push(`default ${String(whole.default)}`);
    return words.join(', ');
}

export function exampleOf(document: Document, schema: Schema): unknown {
    const whole = resolve(document, schema);
    if (whole.example !== undefined) return whole.example;
    if (whole.examples?.[0] !== undefined) return whole.examples[0];
    if (whole.default !== undefined) return whole.default;
    if (whole.enum) return whole.enum[0];
    if (whole.properties) {
        const required = Object.entries(whole.properties).filter(([name]) => whole.required?.includes(name));
        return Object.fromEntries(required.map(([name, own]) => [name, exampleOf(document, own)]));
    }
    if (whole.type === 'array') return [];
    return whole.type === 'integer' || whole.type === 'number' ? 0 : '';
}
