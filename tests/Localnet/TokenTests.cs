using System.Text.Json.Nodes;
using Cluster.Solana;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Localnet;

public sealed class TokenTests : IAsyncLifetime
{
    private const string Owner = "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR9";
    private const ulong Supply = 18_446_744_073_709_551_615;

    private LocalnetProcess _localnet = null!;

    public async ValueTask InitializeAsync() =>
        _localnet = await LocalnetProcess.StartAsync(new() { Slot = TimeSpan.FromMinutes(1) });

    public ValueTask DisposeAsync() => _localnet.DisposeAsync();

    [Theory]
    [InlineData("spl-token")]
    [InlineData("spl-token-2022")]
    public async Task A_mint_has_its_supply_decimals_and_owner(string program)
    {
        var mint = await MintAsync(new JsonObject { ["program"] = program, ["decimals"] = 9 });

        var info = await _localnet.CallAsync("getAccountInfo", mint, new { encoding = "jsonParsed" });
        var supply = await _localnet.CallAsync("getTokenSupply", mint);
        var accounts = await AccountsAsync(new { mint });

        Assert.Equal(program, (string)info!["value"]!["data"]!["program"]!);
        Assert.Equal(Supply.ToString(), (string)supply!["value"]!["amount"]!);
        Assert.Equal("18446744073.709551615", (string)accounts.Single()!["account"]!["data"]!["parsed"]!["info"]!["tokenAmount"]!["uiAmountString"]!);
    }

    [Fact]
    public async Task Every_extension_of_Token_2022_that_can_be_ordered_is_on_the_mint()
    {
        var mint = await MintAsync(new JsonObject
        {
            ["program"] = "spl-token-2022", ["transferFeeBasisPoints"] = 250, ["maxFee"] = "5000", ["frozenByDefault"] = true,
            ["closeAuthority"] = true, ["permanentDelegate"] = Owner, ["transferHook"] = Owner, ["pausable"] = true,
        });

        var data = (string)(await _localnet.CallAsync("getAccountInfo", mint, new { encoding = "base64" }))!["value"]!["data"]![0]!;
        var parsed = await _localnet.CallAsync("getAccountInfo", mint, new { encoding = "jsonParsed" });

        var extensions = parsed!["value"]!["data"]!["parsed"]!["info"]!["extensions"]!.AsArray();
        Assert.Equal(
            ["defaultAccountState", "mintCloseAuthority", "pausableConfig", "permanentDelegate", "transferFeeConfig", "transferHook"],
            extensions.Select(each => (string)each!["extension"]!).Order(StringComparer.Ordinal));
        var fee = extensions.Single(each => (string)each!["extension"]! == "transferFeeConfig")!["state"]!["newerTransferFee"]!;
        Assert.Equal((250, 5000), ((int)fee["transferFeeBasisPoints"]!, (int)fee["maximumFee"]!));
        Assert.NotEmpty(Convert.FromBase64String(data));
    }

    [Fact]
    public async Task A_frozen_account_can_be_thawed_again()
    {
        var mint = await MintAsync(new JsonObject { ["freezable"] = true });

        await _localnet.AdminAsync("freeze", new { mint, owner = Owner });
        var frozen = await StateAsync();
        await _localnet.AdminAsync("thaw", new { mint, owner = Owner });

        Assert.Equal(("frozen", "initialized"), (frozen, await StateAsync()));

        async Task<string> StateAsync() => (string)(await AccountsAsync(new { mint })).Single()!["account"]!["data"]!["parsed"]!["info"]!["state"]!;
    }

    [Fact]
    public async Task Balances_of_a_mint_are_told_whole_or_for_a_list_of_owners()
    {
        var mint = await MintAsync(new JsonObject());
        var other = Payer.NewAddress().ToString();
        await _localnet.AdminAsync("mint", new { supply = 5, owner = other });
        var stranger = Payer.NewAddress().ToString();

        var whole = await _localnet.TokenBalancesAsync(mint);
        var listed = await _localnet.AdminAsync("token-balances", new { mint, owners = new[] { Owner, stranger } });

        Assert.Equal((Owner, Supply.ToString()), ((string)whole.Single()["owner"]!, (string)whole.Single()["amount"]!));
        Assert.Equal($"""["{Supply}",null]""", listed["balances"]!.ToJsonString());
    }

    [Fact]
    public async Task An_account_made_after_the_first_question_is_in_the_answer_to_the_second()
    {
        await MintAsync(new JsonObject());
        var program = new { programId = TokenProgram.SplTokenId.ToString() };
        Assert.Single(await AccountsAsync(program));

        await MintAsync(new JsonObject());

        Assert.Equal(2, (await AccountsAsync(program)).Count);
    }

    [Fact]
    public async Task An_extension_of_Token_2022_is_refused_for_an_old_mint()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => MintAsync(new JsonObject { ["pausable"] = true }));

        Assert.Contains("pausable needs \"program\": \"spl-token-2022\"", refused.Message, StringComparison.Ordinal);
    }

    private async Task<string> MintAsync(JsonObject options)
    {
        options["supply"] = Supply.ToString();
        options["owner"] = Owner;
        return (string)(await _localnet.AdminAsync("mint", options))["mint"]!;
    }

    private async Task<JsonArray> AccountsAsync(object filter) =>
        (await _localnet.CallAsync("getTokenAccountsByOwner", Owner, filter, new { encoding = "jsonParsed" }))!["value"]!.AsArray();
}
