using Cluster.Grpc;
using Cluster.Grpc.Wire;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Grpc.Wire;

public sealed class BinaryHeaderTests
{
    [Fact]
    public void Any_bytes_survive_the_way_through_a_header_padded_or_not() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var encoded = BinaryHeader.Encode(bytes);

            Assert.DoesNotContain('=', encoded);
            Assert.Equal(bytes, BinaryHeader.Decode("key-bin", encoded));
            Assert.Equal(bytes, BinaryHeader.Decode("key-bin", Convert.ToBase64String(bytes)));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void Values_joined_by_commas_are_values_of_their_own() =>
        Prop.ForAll<byte[][]>(values =>
        {
            if (values.Length == 0)
            {
                return;
            }

            var metadata = new Metadata();
            metadata.AddReceived("key-bin", string.Join(',', values.Select(value => BinaryHeader.Encode(value))));

            Assert.Equal(values, metadata.Select(entry => entry.Bytes.ToArray()));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Theory]
    [InlineData("A")]
    [InlineData("!!!!")]
    [InlineData("AA-_")]
    [InlineData("A A A A")]
    public void What_is_not_base64_is_refused_by_name(string value)
    {
        var failure = Assert.Throws<RpcException>(() => BinaryHeader.Decode("key-bin", value));

        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        Assert.Contains("key-bin", failure.Message);
        Assert.DoesNotContain(value, failure.Message);
    }
}
