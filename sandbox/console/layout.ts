import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const style = `
:root { color-scheme: light dark; --line: #8886; --accent: #0b5fad; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; }
header { border-bottom: 1px solid var(--line); margin-bottom: 1.5rem; }
header a { color: inherit; text-decoration: none; font-weight: 600; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: minmax(8rem, 12rem) 1fr; gap: .4rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
pre { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; padding: .75rem; font-size: .85rem; }
form { border: 1px solid var(--line); border-radius: .4rem; padding: .75rem; margin: .75rem 0; }
label { display: block; font-weight: 600; margin-bottom: .5rem; }
input, textarea { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .4rem; margin-top: .2rem; }
button { font: inherit; padding: .5rem 1rem; border-radius: .4rem; border: 1px solid var(--accent); background: var(--accent); color: #fff; cursor: pointer; }
button.quiet { background: transparent; color: inherit; }
ul.list { list-style: none; padding: 0; }
ul.list li { border-bottom: 1px solid var(--line); padding: .6rem 0; }
.state { border: 1px solid currentColor; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; white-space: nowrap; }
.alert { border-left: .3rem solid #c33; padding: .5rem .75rem; background: #c331; }
footer { margin-top: 3rem; font-size: .85rem; opacity: .8; }
`;

/** One page around its content. */
export function layout(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <header>
          <p><a href="/console">Temporary delegation requests</a></p>
        </header>
        <main>${content}</main>
        <footer>This page stands in for the AWS console in the sandbox. It acts as the account’s administrator.</footer>
      </body>
    </html>`;
}
