import { DefaultFailureConverter, type FailureConverter, type PayloadConverter, type ProtoFailure } from '@temporalio/common';

/** The text that replaces a message, as the SDK's own converter writes it. */
const placeholder = 'Encoded failure';

/**
 * Writes the messages and stack traces of failures as payloads, so that the codec encrypts them, and reads both forms. It
 * runs in workflow code, too. Unlike the SDK's converter it changes no failure that it got: a failure that is reported twice
 * keeps its message. It also encodes the causes of a failure that was recorded in clear.
 */
class EncodedFailureConverter extends DefaultFailureConverter {
  override errorToFailure(error: unknown, payloads: PayloadConverter, ...context: never[]): ProtoFailure {
    return encodeFailure(this.errorToFailureInner(error, payloads, ...context), payloads);
  }
}

function encodeFailure(failure: ProtoFailure, payloads: PayloadConverter): ProtoFailure {
  const cause = failure.cause ? { cause: encodeFailure(failure.cause, payloads) } : {};
  if (failure.encodedAttributes && failure.message === placeholder) return { ...failure, ...cause };
  const { message, stackTrace } = failure;
  return {
    ...failure,
    ...cause,
    message: placeholder,
    stackTrace: '',
    encodedAttributes: payloads.toPayload({ message, stack_trace: stackTrace }),
  };
}

/** The name that Temporal's SDK looks for. */
export const failureConverter: FailureConverter = new EncodedFailureConverter();
