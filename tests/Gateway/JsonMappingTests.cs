using System.Text;
using Cluster.Gateway.Configuration;
using Cluster.Gateway.Http;
using Cluster.Silo.Hosting;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Cluster.Tests.Gateway;

public sealed class JsonMappingTests
{
    private readonly JsonMapping _json = new(new LimitsOptions());

    private TransferRequest Parse(string json) =>
        (TransferRequest)_json.Parse(TransferRequest.Descriptor, Encoding.UTF8.GetBytes(json));

    private ClusterException Refused(string json) => Assert.Throws<ClusterException>(() => Parse(json));

    [Fact]
    public void Amounts_are_strings_in_both_directions_and_exact_up_to_the_last_unit()
    {
        var request = Parse("""{"walletId":"w","amount":"18446744073709551615"}""");

        Assert.Equal(ulong.MaxValue, request.Amount);
        var reply = Encoding.UTF8.GetString(_json.Format(new Transfer { Amount = ulong.MaxValue }));
        Assert.Contains("""
            "amount": "18446744073709551615"
            """, reply, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_read_as_the_contracts_and_as_json_spell_them()
    {
        Assert.Equal(Parse("""{"wallet_id":"w","request_id":"r"}"""), Parse("""{"walletId":"w","requestId":"r"}"""));
        Assert.Equal(new TransferRequest(), Parse(""));
        Assert.Equal(new TransferRequest(), Parse("{}"));
    }

    [Fact]
    public void Times_enums_and_default_values_are_written_out()
    {
        var text = Encoding.UTF8.GetString(_json.Format(new Wallet
        {
            WalletId = "w",
            Kind = WalletKind.Treasury,
            CreateTime = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)),
        }));

        Assert.Contains("\"kind\": \"TREASURY\"", text, StringComparison.Ordinal);
        Assert.Contains("\"createTime\": \"2026-01-02T03:04:05Z\"", text, StringComparison.Ordinal);
        Assert.Contains("\"label\": \"\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_is_not_known_is_refused_by_name()
    {
        var error = Refused("""{"walletId":"w","destinatoin":"x"}""");

        Assert.Equal(StatusCode.InvalidArgument, error.Status);
        Assert.Contains("destinatoin", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(TransferRequest), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"amount":"18446744073709551616"}""")]
    [InlineData("""{"amount":-1}""")]
    [InlineData("""{"amount":"-1"}""")]
    [InlineData("""{"amount":1.5}""")]
    [InlineData("""{"amount":"1.5"}""")]
    [InlineData("""{"amount":"0x10"}""")]
    [InlineData("""{"amount":true}""")]
    [InlineData("""{"walletId":7}""")]
    [InlineData("""{"walletId":["w"]}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    [InlineData("""{"walletId":"w" """)]
    [InlineData("""{"walletId":"w"}{"walletId":"w"}""")]
    [InlineData("""walletId=w""")]
    public void What_is_not_the_message_is_refused(string json) =>
        Assert.Equal(StatusCode.InvalidArgument, Refused(json).Status);

    [Fact]
    public void Text_that_is_not_utf8_is_refused()
    {
        var error = Assert.Throws<ClusterException>(() => _json.Parse(TransferRequest.Descriptor, [(byte)'{', 0xFF, (byte)'}']));

        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100_000));

        Assert.Equal(StatusCode.InvalidArgument, Refused($$"""{"memo":{{deep}}""").Status);
        Assert.Equal(StatusCode.InvalidArgument, Refused(string.Concat(Enumerable.Repeat("{\"memo\":", 100_000))).Status);
    }

    [Fact]
    public void A_reason_does_not_repeat_more_of_the_request_than_helps()
    {
        var error = Refused($$"""{"{{new string('x', 100_000)}}":1}""");

        Assert.InRange(error.Message.Length, 1, 500);
    }

    [Fact]
    public void Damaged_requests_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(20_260_101);
        var whole = Encoding.UTF8.GetBytes(
            """{"requestId":"r-1","walletId":"treasury","destination":"9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin","mint":"","amount":"1844674407370955161","memo":"\u00e9\n\"x\""}""");
        for (var i = 0; i < 100_000; i++)
        {
            var damaged = whole.ToArray();
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(3) == 0 ? random.Next(damaged.Length) : damaged.Length;
            try
            {
                _json.Parse(TransferRequest.Descriptor, damaged.AsSpan(0, length));
            }
            catch (ClusterException error)
            {
                Assert.Equal(StatusCode.InvalidArgument, error.Status);
            }
        }
    }
}
