using Cluster.Grpc.Wire;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Grpc.Wire;

public sealed class StatusMessageTests
{
    [Fact]
    public void Any_text_survives_the_way_through_a_header() =>
        Prop.ForAll<string>(text =>
        {
            // A string may hold half a surrogate pair, which no encoding carries.
            var message = new string([.. (text ?? "").Where(c => !char.IsSurrogate(c))]);
            var encoded = StatusMessage.Encode(message);

            Assert.Equal(message, StatusMessage.Decode(encoded));
            Assert.DoesNotContain(encoded, c => c is < ' ' or > '~');
            Assert.Equal(encoded, encoded.Trim());
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Theory]
    [InlineData("plain text, unchanged!", "plain text, unchanged!")]
    [InlineData("100%", "100%25")]
    [InlineData("ü€😀", "%C3%BC%E2%82%AC%F0%9F%98%80")]
    [InlineData("two\nlines", "two%0Alines")]
    [InlineData(" ends ", "%20ends%20")]
    public void Only_what_must_be_is_encoded(string message, string encoded) => Assert.Equal(encoded, StatusMessage.Encode(message));

    [Theory]
    [InlineData('x')]
    [InlineData('€')]
    [InlineData('%')]
    public void A_message_too_long_for_a_header_is_cut_between_characters(char character)
    {
        var decoded = StatusMessage.Decode(StatusMessage.Encode(new string(character, 100_000)));

        Assert.InRange(StatusMessage.Encode(new string(character, 100_000)).Length, StatusMessage.MaxEncodedLength - 12, StatusMessage.MaxEncodedLength);
        Assert.EndsWith("...", decoded);
        Assert.Equal(character, Assert.Single(decoded[..^3].Distinct()));
    }

    [Theory]
    [InlineData(StatusMessage.MaxEncodedLength, false)]
    [InlineData(StatusMessage.MaxEncodedLength + 1, true)]
    public void What_just_fits_is_not_cut(int length, bool cut) =>
        Assert.Equal(cut, StatusMessage.Encode(new string('x', length)).EndsWith("...", StringComparison.Ordinal));

    [Theory]
    [InlineData("100%", "100%")]
    [InlineData("%zz%2", "%zz%2")]
    [InlineData("%41%", "A%")]
    [InlineData("%%41", "%A")]
    [InlineData("%FF", "\uFFFD")]
    [InlineData("%c3%bc", "ü")]
    public void Broken_escapes_are_shown_as_they_came(string header, string message) => Assert.Equal(message, StatusMessage.Decode(header));
}
