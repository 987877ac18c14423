using System.IO.Compression;
using System.Text.Json;
using Xunit;

namespace Cluster.Tests.Grpc;

/// <summary>Runs the other languages' clients once, for all tests of <see cref="OtherClientsTests"/>.</summary>
public sealed class OtherClientsFixture : IAsyncLifetime
{
    private GrpcTestServer _server = null!;

    internal JsonElement Node { get; private set; }

    internal JsonElement Python { get; private set; }

    internal HashSet<string> CancelledCalls { get; } = [];

    internal int GzipCalls => _server.Echo.GzipCalls;

    public async ValueTask InitializeAsync()
    {
        _server = await GrpcTestServer.StartAsync(options => options.ResponseCompression = CompressionLevel.Fastest);
        _server.Health.Set("", serving: true);
        Node = await OtherClient.RunNodeAsync(_server.Address);
        Python = await OtherClient.RunPythonAsync(_server.Address);

        // Each client leaves one call by its deadline and cancels another: the server's handlers must see all four.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 4; i++)
        {
            CancelledCalls.Add(await _server.Echo.Cancelled.ReadAsync(patience.Token));
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>The server as seen by Node's @grpc/grpc-js and Python's grpcio.</summary>
public sealed class OtherClientsTests(OtherClientsFixture clients) : IClassFixture<OtherClientsFixture>
{
    public static TheoryData<string> Languages => ["node", "python"];

    [Theory, MemberData(nameof(Languages))]
    public void Unary_calls_are_answered(string language) =>
        AssertSaw(language, "unary", """{"text":"hello","payload":"0001ff","count":1}""");

    [Theory, MemberData(nameof(Languages))]
    public void Client_streams_are_collected(string language) =>
        AssertSaw(language, "collect", """{"count":1000,"text":"1000"}""");

    [Theory, MemberData(nameof(Languages))]
    public void Server_streams_arrive_whole_and_in_order(string language) =>
        AssertSaw(language, "expand", $$"""{"counts":[{{string.Join(',', Enumerable.Range(1, 1000))}}],"code":0}""");

    [Theory, MemberData(nameof(Languages))]
    public void Duplex_calls_talk_in_turn(string language) =>
        AssertSaw(language, "chat", $$"""{"seen":[{{string.Join(',', Enumerable.Range(1, 100).Select(i => $"\"{i}\""))}}],"code":0}""");

    [Theory, MemberData(nameof(Languages))]
    public void Metadata_travels_both_ways_as_text_and_as_bytes(string language)
    {
        const string Both = """{"text":"first, second, with a comma","bytes":["000102fdfeff","666f7572"]}""";
        AssertSaw(language, "metadata", $$"""{"headers":{{Both}},"trailers":{{Both}}}""");
    }

    [Theory, MemberData(nameof(Languages))]
    public void Errors_keep_their_code_and_every_character_of_their_message(string language) =>
        AssertSaw(language, "error", """{"code":9,"message":"Überweisung abgelehnt: 100% von 5 € fehlen\n∑ 😀 "}""");

    [Theory, MemberData(nameof(Languages))]
    public void A_crashed_handler_is_an_internal_error_without_its_reason(string language) =>
        AssertSaw(language, "crash", """{"code":13,"message":"internal error"}""");

    [Theory, MemberData(nameof(Languages))]
    public void A_method_that_is_not_served_is_unimplemented(string language) =>
        AssertSaw(language, "missing", """{"code":12}""");

    [Theory, MemberData(nameof(Languages))]
    public void Messages_travel_compressed_both_ways(string language)
    {
        AssertSaw(language, "gzip", """{"length":120000}""");
        Assert.Equal(2, clients.GzipCalls);
    }

    [Theory, MemberData(nameof(Languages))]
    public void Messages_up_to_the_limit_pass_and_larger_ones_are_refused_alone(string language) =>
        AssertSaw(language, "big", """{"echoed":true,"code":8,"after":"still here"}""");

    [Theory, MemberData(nameof(Languages))]
    public void A_deadline_ends_the_call_on_both_sides(string language)
    {
        AssertSaw(language, "deadline", """{"code":4}""");
        Assert.Contains(language == "node" ? "js deadline" : "py deadline", clients.CancelledCalls);
    }

    [Theory, MemberData(nameof(Languages))]
    public void A_cancelled_call_is_cancelled_in_its_handler(string language)
    {
        AssertSaw(language, "cancel", """{"replies":1,"code":1}""");
        Assert.Contains(language == "node" ? "js cancel" : "py cancel", clients.CancelledCalls);
    }

    [Theory, MemberData(nameof(Languages))]
    public void Health_is_told(string language) =>
        AssertSaw(language, "health", """{"status":"SERVING","unknown":5,"watched":"SERVICE_UNKNOWN"}""");

    [Theory, MemberData(nameof(Languages))]
    public void Reflection_tells_enough_to_make_a_client(string language) =>
        AssertSaw(
            language,
            "reflection",
            """
            {"services":["cluster.tests.grpc.Echo","grpc.health.v1.Health","grpc.reflection.v1.ServerReflection","grpc.reflection.v1alpha.ServerReflection"],
             "text":"by reflection"}
            """);

    private void AssertSaw(string language, string scenario, string expected)
    {
        var saw = (language == "node" ? clients.Node : clients.Python).GetProperty(scenario);
        using var wanted = JsonDocument.Parse(expected);
        Assert.True(JsonElement.DeepEquals(wanted.RootElement, saw), $"{language} saw {saw.GetRawText()}");
    }
}
