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
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("plain text, unchanged!", "plain text, unchanged!")]
    [InlineData("100%", "100%25")]
    [InlineData("ü€😀", "%C3%BC%E2%82%AC%F0%9F%98%80")]
    [InlineData("two\nlines", "two%0Alines")]
    [InlineData(" ends ", "%20ends%20")]
    public void Only_what_must_be_is_encoded(string message, string encoded) => Assert.Equal(encoded, StatusMessage.Encode(message));

    [Theory]
    [InlineData("100%", "100%")]
    [InlineData("%zz%2", "%zz%2")]
    [InlineData("%41%", "A%")]
    [InlineData("%%41", "%A")]
    [InlineData("%FF", "\uFFFD")]
    [InlineData("%c3%bc", "ü")]
    public void Broken_escapes_are_shown_as_they_came(string header, string message) => Assert.Equal(message, StatusMessage.Decode(header));
}
