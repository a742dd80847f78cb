/**
 * The south-bound stream as both ends see it. {@code weft.proto} says what goes over it; {@link
 * dev.weft.wire.WireCodec} turns it into the model and back. Only the control client and the
 * server's push room use this; protobuf types go no further than them.
 *
 * <p>Starting points: {@code src/main/protobuf/weft/v1/weft.proto}, {@link
 * dev.weft.wire.WireCodec}.
 */
package dev.weft.wire;
