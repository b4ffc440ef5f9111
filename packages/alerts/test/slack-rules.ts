/**
 * Facts about incoming webhooks, from the doc comments of slackapi/node-slack-sdk packages/types and Slack's public docs.
 * The total is measured by others: about 11,300 characters were refused, 9,600 taken (bolt-js issue 2867).
 */
export const slackLimits = { blocks: 50, sectionText: 3_000, contextElements: 10, fallbackText: 4_000, safeTotal: 9_000 };

/** Error words of webhooks with the status they come with; matched by word first, for some statuses are known second hand. */
export const slackRefusals: [word: string, status: number][] = [
  ["invalid_payload", 400],
  ["user_not_found", 400],
  ["no_text", 400],
  ["too_many_attachments", 400],
  ["invalid_blocks", 400],
  ["action_prohibited", 403],
  ["posting_to_general_channel_denied", 403],
  ["invalid_token", 403],
  ["team_disabled", 403],
  ["channel_not_found", 404],
  ["no_service", 404],
  ["no_service_id", 404],
  ["no_team", 404],
  ["no_active_hooks", 404],
  ["channel_is_archived", 410],
];

/** What is wrong with a message's sizes and markup, nothing for a message that Slack takes. */
export function slackFaults(message: {
  text: string;
  blocks: { type: string; text?: { text: string }; elements?: { text: string }[] }[];
}): string[] {
  const faults: string[] = [];
  const check = (isFine: boolean, fault: string): void => void (isFine || faults.push(fault));
  let total = 0;
  check(message.text.length > 0 && message.text.length <= slackLimits.fallbackText, "fallback text");
  check(message.blocks.length <= slackLimits.blocks, "number of blocks");
  for (const block of message.blocks) {
    const texts = block.text === undefined ? (block.elements ?? []) : [block.text];
    check(texts.length > 0 && texts.length <= slackLimits.contextElements, "elements");
    for (const { text } of texts) {
      total += text.length;
      check(text.length >= 1 && text.length <= slackLimits.sectionText, `text of ${text.length}`);
      check(!/<(?!https?:\/\/[^<>|]*\|[^<>]*>|!date\^\d+\^[^<>|]*\|[^<>]*>)/.test(text), "control sequence");
      check(!/&(?!amp;|lt;|gt;)/.test(text), "cut entity");
      check(text.isWellFormed(), "cut character");
    }
  }
  check(total <= slackLimits.safeTotal, `${total} characters in all`);
  return faults;
}
