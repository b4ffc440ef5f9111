import { lexer } from "marked";
import type { Token, Tokens } from "marked";
import type { ComponentChildren } from "preact";
import { useView } from "../viewer.ts";
import { CopyButton } from "./link.tsx";

/** A block of a runbook that runs, by its place among those: `number` counts from 1. */
export type RenderStep = (step: { readonly number: number; readonly lang: string; readonly text: string }) => ComponentChildren;

/** Languages of the blocks that count as steps. */
const STEP = /^(?:yaml monotask-query|sh monotask-(?:read|change))$/;

/** Markdown as elements: nothing in it becomes HTML, whatever it holds. */
export function Markdown({ text, renderStep }: { text: string; renderStep: RenderStep }) {
  let number = 0;
  return (
    <>
      {lexer(text).map((token, at) => {
        if (token.type !== "code") return block(token, at);
        const { lang = "", text: source } = token as Tokens.Code;
        if (!STEP.test(lang)) return block(token, at);
        number += 1;
        return <div key={at}>{renderStep({ number, lang, text: source })}</div>;
      })}
    </>
  );
}

function block(token: Token, at: number): ComponentChildren {
  switch (token.type) {
    case "heading": {
      const { depth, tokens } = token as Tokens.Heading;
      const children = inline(tokens);
      return depth === 1 ? (
        <h2 key={at}>{children}</h2>
      ) : depth === 2 ? (
        <h3 key={at}>{children}</h3>
      ) : (
        <h4 key={at}>{children}</h4>
      );
    }
    case "paragraph":
      return <p key={at}>{inline((token as Tokens.Paragraph).tokens)}</p>;
    case "text":
      return <span key={at}>{inline((token as Tokens.Text).tokens ?? [token])}</span>;
    case "list": {
      const { ordered, items } = token as Tokens.List;
      const children = items.map((item, index) => <li key={index}>{item.tokens.map(block)}</li>);
      return ordered ? <ol key={at}>{children}</ol> : <ul key={at}>{children}</ul>;
    }
    case "code": {
      const { text, lang } = token as Tokens.Code;
      return <CodeBlock key={at} text={text} lang={lang ?? ""} />;
    }
    case "blockquote":
      return <blockquote key={at}>{(token as Tokens.Blockquote).tokens.map(block)}</blockquote>;
    case "table": {
      const { header, rows } = token as Tokens.Table;
      return (
        <table class="table" key={at}>
          <thead>
            <tr>
              {header.map((cell, index) => (
                <th key={index}>{inline(cell.tokens)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) => (
                  <td key={column}>{inline(cell.tokens)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      );
    }
    case "hr":
      return <hr key={at} />;
    case "space":
      return null;
    default:
      return <p key={at}>{token.raw}</p>;
  }
}

function inline(tokens: readonly Token[]): ComponentChildren {
  return tokens.map((token, at) => {
    switch (token.type) {
      case "strong":
        return <b key={at}>{inline((token as Tokens.Strong).tokens)}</b>;
      case "em":
        return <em key={at}>{inline((token as Tokens.Em).tokens)}</em>;
      case "codespan":
        return <code key={at}>{(token as Tokens.Codespan).text}</code>;
      case "link": {
        const { href, tokens: inner } = token as Tokens.Link;
        return /^https?:\/\//.test(href) ? (
          <a key={at} href={href} rel="noreferrer">
            {inline(inner)}
          </a>
        ) : (
          <span key={at}>{inline(inner)}</span>
        );
      }
      case "br":
        return <br key={at} />;
      case "text":
      case "escape":
        return (token as Tokens.Text).text;
      default:
        return token.raw;
    }
  });
}

export function CodeBlock({ text, lang }: { text: string; lang: string }) {
  const { say } = useView();
  return (
    <div class="code">
      <div class="code-head">
        <span class="muted">{lang}</span>
        <CopyButton text={text} label="Copy" say={say} />
      </div>
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}
