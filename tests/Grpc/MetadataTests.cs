using Cluster.Grpc;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class MetadataTests
{
    private readonly Metadata _metadata = new();

    [Fact]
    public void The_last_value_of_a_key_is_the_one_that_counts_and_all_are_kept()
    {
        _metadata.Add("Key", "first");
        _metadata.Add("key", " second ");

        Assert.Equal("second", _metadata.GetText("KEY"));
        Assert.Equal(["first", "second"], _metadata.GetAll("key").Select(entry => entry.Text));
        Assert.Null(_metadata.GetText("other"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("ümlaut")]
    [InlineData(":path")]
    [InlineData("grpc-timeout")]
    [InlineData("Content-Type")]
    [InlineData("te")]
    public void Keys_that_are_not_allowed_are_refused(string key) => Assert.Throws<ArgumentException>(() => _metadata.Add(key, "value"));

    [Theory]
    [InlineData("line\nbreak")]
    [InlineData("ümlaut")]
    [InlineData("\0")]
    public void Text_that_a_header_cannot_carry_is_refused_with_the_way_out(string value)
    {
        var failure = Assert.Throws<ArgumentException>(() => _metadata.Add("key", value));

        Assert.Contains("key-bin", failure.Message);
        Assert.DoesNotContain(value, failure.Message);
    }

    [Fact]
    public void Keys_say_which_of_text_and_bytes_they_hold()
    {
        Assert.Throws<ArgumentException>(() => _metadata.Add("key-bin", "text"));
        Assert.Throws<ArgumentException>(() => _metadata.Add("key", [1]));
        _metadata.Add("key-bin", [1]);
        Assert.Throws<InvalidOperationException>(() => _metadata.Single().Text);
        Assert.Null(_metadata.GetText("key-bin"));
    }

    [Fact]
    public void An_entry_does_not_print_its_value()
    {
        _metadata.Add("authorization", "secret");

        Assert.DoesNotContain("secret", $"{_metadata.Single()}");
    }

    [Fact]
    public void The_empty_metadata_stays_empty() => Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "value"));

    [Fact]
    public void A_failure_needs_a_status_that_is_one() => Assert.Throws<ArgumentException>(() => new RpcException(StatusCode.OK, "fine"));
}
