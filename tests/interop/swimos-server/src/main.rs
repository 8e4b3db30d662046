//! A Swim server with the lanes that docs/warp.md section 5 names, and a mirror: an agent that keeps downlinks to
//! another server, so that heddle meets the crate's client as well.
//!
//!     swimos-server 127.0.0.1:0                        node /unit/:id: value, map, publish (command), feed (supply)
//!     swimos-server 127.0.0.1:0 ws://127.0.0.1:8080    and node /mirror/:name, which follows node /NAME of that server
//!
//! Prints `listening on HOST:PORT` when it is ready, and ends on SIGINT.
use std::error::Error;
use std::net::SocketAddr;

use swimos::agent::agent_lifecycle::HandlerContext;
use swimos::agent::agent_model::AgentModel;
use swimos::agent::config::{MapDownlinkConfig, SimpleDownlinkConfig};
use swimos::agent::event_handler::{EventHandler, HandlerActionExt};
use swimos::agent::lanes::{CommandLane, MapLane, SupplyLane, ValueLane};
use swimos::agent::{lifecycle, projections, AgentLaneModel};
use swimos::model::Value;
use swimos::route::RoutePattern;
use swimos::server::{until_termination, Server, ServerBuilder};

#[projections]
#[derive(AgentLaneModel)]
struct Unit {
    value: ValueLane<Value>,
    map: MapLane<Value, Value>,
    publish: CommandLane<Value>,
    feed: SupplyLane<Value>,
}

#[derive(Clone)]
struct UnitLifecycle;

#[lifecycle(Unit)]
impl UnitLifecycle {
    /// What is published is fed to all who listen.
    #[on_command(publish)]
    fn published(&self, context: HandlerContext<Unit>, body: &Value) -> impl EventHandler<Unit> {
        context.supply(Unit::FEED, body.clone())
    }
}

/// What the other server's lanes `value`, `topics` (a map) and `feed` say, as lanes of its own.
#[projections]
#[derive(AgentLaneModel)]
struct Mirror {
    value: ValueLane<Value>,
    map: MapLane<Value, Value>,
    feed: ValueLane<Value>,
    send: CommandLane<Value>,
}

#[derive(Clone)]
struct MirrorLifecycle {
    host: String,
}

#[lifecycle(Mirror)]
impl MirrorLifecycle {
    #[on_start]
    fn start(&self, context: HandlerContext<Mirror>) -> impl EventHandler<Mirror> {
        let host = self.host.clone();
        // What comes before a lane is synced counts too: the state there is.
        let all = SimpleDownlinkConfig { events_when_not_synced: true, ..Default::default() };
        let all_entries = MapDownlinkConfig { events_when_not_synced: true, ..Default::default() };
        context.get_parameter("name").and_then(move |name: Option<String>| {
            let node = format!("/{}", name.unwrap_or_default());
            let value = context
                .value_downlink_builder::<Value>(Some(&host), &node, "value", all)
                .on_event(|context: HandlerContext<Mirror>, value: &Value| context.set_value(Mirror::VALUE, value.clone()))
                .done();
            let map = context
                .map_downlink_builder::<Value, Value>(Some(&host), &node, "topics", all_entries)
                .on_update(|context: HandlerContext<Mirror>, key, _, _, value: &Value| {
                    context.update(Mirror::MAP, key, value.clone())
                })
                .on_remove(|context: HandlerContext<Mirror>, key, _, _| context.remove(Mirror::MAP, key))
                .on_clear(|context: HandlerContext<Mirror>, _| context.clear(Mirror::MAP))
                .done();
            let feed = context
                .event_downlink_builder::<Value>(Some(&host), &node, "feed", all)
                .on_event(|context: HandlerContext<Mirror>, value| context.set_value(Mirror::FEED, value))
                .done();
            value
                .discard()
                .followed_by(map.discard())
                .followed_by(feed.discard())
        })
    }

    /// A command to `send` goes on to the other server's lane `value`.
    #[on_command(send)]
    fn sent(&self, context: HandlerContext<Mirror>, body: &Value) -> impl EventHandler<Mirror> {
        let host = self.host.clone();
        let body = body.clone();
        context.get_parameter("name").and_then(move |name: Option<String>| {
            let node = format!("/{}", name.unwrap_or_default());
            context.send_command(Some(host), node, "value".to_string(), body)
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let address: SocketAddr = arguments.next().unwrap_or("127.0.0.1:0".to_string()).parse()?;
    let mut builder = ServerBuilder::with_plane_name("interop")
        .set_bind_addr(address)
        .add_route(RoutePattern::parse_str("/unit/:id")?, AgentModel::new(Unit::default, UnitLifecycle.into_lifecycle()));
    if let Some(host) = arguments.next() {
        let mirror = MirrorLifecycle { host };
        builder = builder.add_route(RoutePattern::parse_str("/mirror/:name")?, AgentModel::new(Mirror::default, mirror.into_lifecycle()));
    }
    let (task, handle) = builder.build().await?.run();
    let ready = Box::new(|address: SocketAddr| println!("listening on {address}"));
    let (_, result) = tokio::join!(until_termination(handle, Some(ready)), task);
    result?;
    Ok(())
}
